(* The continuity equation, and that a Gaussian conditional path satisfies it with the field of
   Theorem 3. "p and w satisfy d/dt p + div (p w) = 0 at (t, x)" means here: all the derivatives
   exist and their sum is zero. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian.
Open Scope R_scope.

Definition continuity (d : nat) (p : R -> vec -> R) (w : R -> vec -> vec) (t : R) (x : vec) :=
  exists (dp : R) (dflux : nat -> R),
    is_derive (fun s => p s x) t dp /\
    (forall i, (i < d)%nat ->
       is_derive (fun y => p t (upd x i y) * w t (upd x i y) i) (x i) (dflux i)) /\
    dp + sumn d dflux = 0.

Definition continuity_1d (p w : R -> R -> R) (t x : R) :=
  exists dp dflux : R, is_derive (fun s => p s x) t dp /\
    is_derive (fun y => p t y * w t y) x dflux /\ dp + dflux = 0.

(* Only the first d coordinates of the field at time t matter. *)
Lemma continuity_ext_below d p w w' t x : (forall y i, (i < d)%nat -> w' t y i = w t y i) ->
  continuity d p w t x -> continuity d p w' t x.
Proof.
  intros E (dp & df & H1 & H2 & H3). exists dp, df. refine (conj H1 (conj _ H3)).
  intros i Hi. eapply is_derive_ext; [|exact (H2 i Hi)]. intros y. simpl. now rewrite E.
Qed.

Lemma continuity_ext d p w w' t x : (forall y i, w' t y i = w t y i) ->
  continuity d p w t x -> continuity d p w' t x.
Proof. intros E. apply continuity_ext_below. auto. Qed.

Lemma axis_path_continuity (mu sigma dmu dsigma : R -> R) (t x : R) :
  is_derive mu t (dmu t) -> is_derive sigma t (dsigma t) -> sigma t <> 0 ->
  continuity_1d (fun s y => gauss (mu s) (sigma s) y)
                 (fun s y => dsigma s / sigma s * (y - mu s) + dmu s) t x.
Proof.
  intros Hm Hs H0.
  exists (gauss_dt (mu t) (sigma t) (dmu t) (dsigma t) x).
  exists (gauss (mu t) (sigma t) x *
          (dsigma t / sigma t - (x - mu t) / (sigma t)^2 * (dsigma t / sigma t * (x - mu t) + dmu t))).
  refine (conj _ (conj _ _)).
  - now apply gauss_derive_t.
  - now apply gauss_derive_flux.
  - unfold gauss_dt. simpl. field. easy.
Qed.

(* d/dt p_t(x|x1) + div (p_t(x|x1) u_t(x|x1)) = 0 in R^d: Lipman et al., equation 26 for Theorem 3. *)
Theorem conditional_path_continuity d (mu sigma dmu dsigma : nat -> R -> R) (t : R) (x : vec) :
  (forall i, (i < d)%nat -> is_derive (mu i) t (dmu i t)) ->
  (forall i, (i < d)%nat -> is_derive (sigma i) t (dsigma i t)) ->
  (forall i, (i < d)%nat -> 0 < sigma i t) ->
  continuity d (fun s y => gauss_vec d (fun i => mu i s) (fun i => sigma i s) y)
    (fun s y i => dsigma i s / sigma i s * (y i - mu i s) + dmu i s) t x.
Proof.
  intros Hm Hs H0.
  set (g := fun i => gauss (mu i t) (sigma i t) (x i)).
  assert (Hg : forall i, (i < d)%nat -> g i <> 0)
    by (intros; apply Rgt_not_eq, gauss_pos; auto).
  set (f := fun i => dsigma i t / sigma i t - (x i - mu i t) / (sigma i t)^2 *
                     (dsigma i t / sigma i t * (x i - mu i t) + dmu i t)).
  exists (prodn d g * sumn d (fun i => gauss_dt (mu i t) (sigma i t) (dmu i t) (dsigma i t) (x i) / g i)).
  exists (fun i => prodn d g / g i * (g i * f i)).
  refine (conj _ (conj _ _)).
  - unfold gauss_vec.
    apply (is_derive_prodn d (fun i s => gauss (mu i s) (sigma i s) (x i))); [|exact Hg].
    intros k Hk; apply gauss_derive_t; auto. apply Rgt_not_eq, H0; auto.
  - intros i Hi.
    apply is_derive_ext with (f := fun y => prodn d g / g i *
        (gauss (mu i t) (sigma i t) y * (dsigma i t / sigma i t * (y - mu i t) + dmu i t))).
    + intros y. unfold gauss_vec.
      rewrite (prodn_upd d g (fun j => gauss (mu j t) (sigma j t) (upd x i y j)) i Hi (Hg i Hi)).
      * rewrite upd_same. symmetry; apply Rmult_assoc.
      * intros j Hj Hji. now rewrite upd_other.
    + apply (is_derive_scal (fun y => gauss (mu i t) (sigma i t) y *
              (dsigma i t / sigma i t * (y - mu i t) + dmu i t))).
      apply gauss_derive_flux, Rgt_not_eq, H0; auto.
  - rewrite <- sumn_scal, <- sumn_plus, <- (sumn_zero d).
    apply sumn_ext; intros i Hi.
    unfold gauss_dt; fold (g i). unfold f. field.
    split; [apply Rgt_not_eq, H0; auto|now apply Hg].
Qed.
Lemma continuity_Derive d p w t x :
  continuity d p w t x ->
  ex_derive (fun s => p s x) t /\
  (forall i, (i < d)%nat -> ex_derive (fun y => p t (upd x i y) * w t (upd x i y) i) (x i)) /\
  Derive (fun s => p s x) t +
  sumn d (fun i => Derive (fun y => p t (upd x i y) * w t (upd x i y) i) (x i)) = 0.
Proof.
  intros (dp & df & H1 & H2 & H3). refine (conj _ (conj _ _)).
  - now exists dp.
  - intros i Hi; exists (df i); auto.
  - rewrite (Derive_value (fun s => p s x) t dp H1), <- H3. f_equal.
    apply sumn_ext; intros i Hi. now apply is_derive_unique, H2.
Qed.

