(* Instantaneous change of variables: along a trajectory of the field, d/dt log p_t(x_t) = -div u_t(x_t);
   the likelihood integral; both directions of time; and Gaussian mixtures, where no analytic
   hypothesis is left. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation TotalDerivatives Gaussian ContinuityEquation MarginalField.
Open Scope R_scope.

Section ChangeOfVariables.
Variables (d : nat) (p : R -> vec -> R) (w : R -> vec -> vec) (X : R -> vec) (t : R).
Variables (pt : R) (px dw : vec).
Hypothesis Hp : diff_at d p t (X t) pt px.
Hypothesis Hpos : 0 < p t (X t).
Hypothesis Hw : forall i, (i < d)%nat ->
  is_derive (fun y => w t (upd (X t) i y) i) (X t i) (dw i).
Hypothesis Hcont : continuity d p w t (X t).
Hypothesis Hode : forall i, (i < d)%nat -> is_derive (fun s => X s i) t (w t (X t) i).

(* dw i = d w_i / d x_i, so [sumn d dw] is the divergence *)
Lemma transport_identity : pt + dot d px (w t (X t)) = - p t (X t) * sumn d dw.
Proof.
  destruct Hcont as (dp & df & H1 & H2 & H3).
  assert (E1 : dp = pt).
  { rewrite <- (Derive_value (fun s => p s (X t)) t dp H1).
    apply (Derive_value (fun s => p s (X t))). exact (diff_at_dt _ _ _ _ _ _ Hp). }
  assert (E2 : sumn d df = dot d px (w t (X t)) + p t (X t) * sumn d dw).
  { unfold dot. rewrite <- sumn_scal, <- sumn_plus. apply sumn_ext; intros i Hi.
    rewrite <- (Derive_value (fun y => p t (upd (X t) i y) * w t (upd (X t) i y) i) _ _ (H2 i Hi)).
    apply (Derive_value (fun y => p t (upd (X t) i y) * w t (upd (X t) i y) i)).
    eapply is_derive_eq.
    - apply (is_derive_mult (fun y => p t (upd (X t) i y)) (fun y => w t (upd (X t) i y) i)).
      + exact (diff_at_dx _ _ _ _ _ _ i Hi Hp).
      + exact (Hw i Hi).
      + intros; apply Rmult_comm.
    - unfold plus, mult; simpl. now rewrite upd_id. }
  rewrite E1, E2 in H3. lra.
Qed.

(* Lipman et al., appendix C (equation 27 and after): d/dt log p_t(x_t) = -div u_t(x_t). *)
Theorem log_density_rate : is_derive (fun s => ln (p s (X s))) t (- sumn d dw).
Proof.
  eapply is_derive_eq.
  - apply (is_derive_comp ln (fun s => p s (X s))).
    + apply is_derive_Reals. apply derivable_pt_lim_ln. exact Hpos.
    + apply (chain_rule d p t X (w t (X t)) pt px Hp Hode).
  - unfold scal; simpl; unfold mult; simpl. rewrite transport_identity.
    field. lra.
Qed.
End ChangeOfVariables.

(* integrated form: the log-likelihood formula *)
Theorem log_likelihood_integral d (p : R -> vec -> R) (w : R -> vec -> vec) (X : R -> vec)
    (pt : R -> R) (px dw : R -> vec) (a b : R) :
  a <= b ->
  (forall t, a <= t <= b ->
     diff_at d p t (X t) (pt t) (px t) /\ 0 < p t (X t) /\ continuity d p w t (X t) /\
     (forall i, (i < d)%nat -> is_derive (fun y => w t (upd (X t) i y) i) (X t i) (dw t i)) /\
     (forall i, (i < d)%nat -> is_derive (fun s => X s i) t (w t (X t) i)) /\
     continuous (fun s => sumn d (dw s)) t) ->
  ln (p b (X b)) = ln (p a (X a)) - RInt (fun t => sumn d (dw t)) a b.
Proof.
  intros Hab H.
  assert (I : is_RInt (fun t => - sumn d (dw t)) a b (ln (p b (X b)) - ln (p a (X a)))).
  { apply (is_RInt_derive (fun s => ln (p s (X s)))); rewrite Rmin_left, Rmax_right by easy.
    - intros t Ht. destruct (H t Ht) as (h1 & h2 & h3 & h4 & h5 & _).
      now apply (log_density_rate d p w X t (pt t) (px t) (dw t)).
    - intros t Ht. destruct (H t Ht) as (_ & _ & _ & _ & _ & h6).
      apply (continuous_opp (fun s => sumn d (dw s))). exact h6. }
  assert (J : RInt (fun t => sumn d (dw t)) a b = - (ln (p b (X b)) - ln (p a (X a)))).
  { apply is_RInt_unique.
    apply is_RInt_ext with (fun t => opp (- sumn d (dw t))).
    - intros t _. apply (opp_opp (sumn d (dw t))).
    - exact (is_RInt_opp _ _ _ _ I). }
  rewrite J. ring.
Qed.

(* time reversal s = 1 - t, as integrated in practice from data to noise *)
Theorem log_density_rate_reversed d p w X t pt px dw :
  diff_at d p (1 - t) (X (1 - t)) pt px -> 0 < p (1 - t) (X (1 - t)) ->
  (forall i, (i < d)%nat ->
     is_derive (fun y => w (1 - t) (upd (X (1 - t)) i y) i) (X (1 - t) i) (dw i)) ->
  continuity d p w (1 - t) (X (1 - t)) ->
  (forall i, (i < d)%nat -> is_derive (fun s => X s i) (1 - t) (w (1 - t) (X (1 - t)) i)) ->
  (forall i, (i < d)%nat -> is_derive (fun s => X (1 - s) i) t (- w (1 - t) (X (1 - t)) i)) /\
  is_derive (fun s => ln (p (1 - s) (X (1 - s)))) t (sumn d dw).
Proof.
  intros H1 H2 H3 H4 H5.
  assert (Rv : forall (f : R -> R) (df : R), is_derive f (1 - t) df -> is_derive (fun s => f (1 - s)) t (- df)).
  { intros f df Hf. eapply is_derive_eq.
    - apply (is_derive_comp f (fun s => 1 - s)); [exact Hf|].
      instantiate (1 := -1). auto_derive; [easy|ring].
    - unfold scal; simpl; unfold mult; simpl; ring. }
  split.
  - intros i Hi. now apply (Rv (fun s => X s i)), H5.
  - eapply is_derive_eq.
    + apply (Rv (fun s => ln (p s (X s)))). now apply (log_density_rate d p w X (1 - t) pt px dw).
    + ring.
Qed.
Section Mixture.
Variables (d n : nat) (q : nat -> R) (mu sigma dmu dsigma : nat -> nat -> R -> R).
Hypothesis Hq : forall k, (k < n)%nat -> 0 <= q k.
Hypothesis Hq0 : exists k, (k < n)%nat /\ 0 < q k.
Let p k s y := gauss_vec d (fun i => mu k i s) (fun i => sigma k i s) y.
Let w k s y i := dsigma k i s / sigma k i s * (y i - mu k i s) + dmu k i s.

(* along any trajectory of the marginal field: d/dt log p = - div u, nothing assumed but smooth schedules *)
Theorem gaussian_mixture_log_density_rate (X : R -> vec) (t : R) :
  (forall k i, (k < n)%nat -> (i < d)%nat -> is_derive (mu k i) t (dmu k i t)) ->
  (forall k i, (k < n)%nat -> (i < d)%nat -> is_derive (sigma k i) t (dsigma k i t)) ->
  (forall k i, (k < n)%nat -> (i < d)%nat -> 0 < sigma k i t) ->
  (forall i, (i < d)%nat -> is_derive (fun s => X s i) t (marginal_velocity n q p w t (X t) i)) ->
  is_derive (fun s => ln (marginal_density n q p s (X s))) t
    (- sumn d (fun i => Derive (fun y => marginal_velocity n q p w t (upd (X t) i y) i) (X t i))).
Proof.
  intros Hm Hs H0 HX.
  assert (C : continuity d (marginal_density n q p) (marginal_velocity n q p w) t (X t))
    by (apply gaussian_mixture_velocity_generates; auto).
  assert (Ppos : forall y, 0 < marginal_density n q p t y).
  { intros y. destruct Hq0 as (k0 & Hk0 & Hp0). apply (sumn_pos n _ k0); [|easy|].
    - intros k Hk. apply Rmult_le_pos; [auto|]. apply Rlt_le, gauss_vec_pos; auto.
    - apply Rmult_lt_0_compat; [auto|]. apply gauss_vec_pos; auto. }
  assert (D : ex_diff_at d (marginal_density n q p) t (X t)).
  { unfold marginal_density. apply (ex_diff_sum d n (fun k s y => q k * p k s y)). intros k Hk.
    apply ex_diff_scal. unfold p, gauss_vec.
    apply (ex_diff_prod d d (fun i s y => gauss (mu k i s) (sigma k i s) (y i))).
    intros i Hi. apply (ex_diff_gauss d (mu k i) (sigma k i)); auto.
    - eexists; apply Hm; auto.
    - eexists; apply Hs; auto. }
  destruct D as (pt & px & D).
  apply (log_density_rate d (marginal_density n q p) (marginal_velocity n q p w) X t pt px); auto.
  (* the field is differentiable because p u and p are *)
  intros i Hi. apply Derive_correct.
  destruct (continuity_Derive _ _ _ _ _ C) as (_ & F & _).
  apply ex_derive_ext with (fun y => (marginal_density n q p t (upd (X t) i y) * marginal_velocity n q p w t (upd (X t) i y) i)
                                     / marginal_density n q p t (upd (X t) i y)).
  - intros y. simpl. set (P := marginal_density _ _ _ _ _). assert (HP : 0 < P) by apply Ppos.
    set (U := marginal_velocity _ _ _ _ _ _ _). clearbody P U. 
    exact (eq_sym (eq_trans (eq_sym (Rmult_1_l U))
            (eq_trans (f_equal (fun z => z * U) (eq_sym (Rinv_l P (Rgt_not_eq _ _ HP))))
              (eq_trans (Rmult_assoc _ _ _) (Rmult_comm _ _))))).
  - apply ex_derive_div.
    + now apply F.
    + exists (px i). now apply (diff_at_dx d (marginal_density n q p) t (X t) pt px i).
    + apply Rgt_not_eq, Ppos.
Qed.
End Mixture.
