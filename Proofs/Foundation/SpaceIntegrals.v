(* Integrals over R^d, one coordinate after the other; the normal densities have mass 1, a product integrates factor by
   factor, and scaled and shifted coordinates change an integral by |det|. *)
Require Import Reals Psatz Lia FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From FlowProofs Require Import FiniteSums Differentiation Gaussian ConditionalField GaussianIntegrals GaussianLine SymmetricMatrices
  FullGaussian.
Open Scope R_scope.

(* l is the integral of f over R^d: over the first coordinates for every value of the last one, then over that. *)
Fixpoint over_space (d : nat) (f : vec -> R) (l : R) : Prop :=
  match d with
  | O => forall x, f x = l
  | S k => exists g : R -> R, (forall y, over_space k (fun x => f (upd x k y)) (g y)) /\ over_the_line g l
  end.

Lemma over_space_ext d : forall f g l, (forall x, f x = g x) -> over_space d f l -> over_space d g l.
Proof.
  induction d; intros f g l E H; simpl in *; [intros; now rewrite <- E|]. destruct H as (h & A & B). exists h.
  split; [|exact B]. intros y. now apply (IHd (fun x => f (upd x d y))).
Qed.

Lemma over_space_factor d c : forall f l, over_space d f l -> over_space d (fun x => c * f x) (c * l).
Proof.
  induction d; intros f l H; simpl in *; [intros; now rewrite H|]. destruct H as (h & A & B). exists (fun y => c * h y).
  split; [intros y; apply (IHd (fun x => f (upd x d y))), A|now apply over_the_line_factor].
Qed.

Lemma over_space_plus d : forall f g k l, over_space d f k -> over_space d g l -> over_space d (fun x => f x + g x) (k + l).
Proof.
  induction d; intros f g k l H K; simpl in *; [intros; now rewrite H, K|]. destruct H as (h & A & B), K as (e & C & D).
  exists (fun y => h y + e y). split.
  - intros y. apply (IHd (fun x => f (upd x d y)) (fun x => g (upd x d y))); auto.
  - exact (is_RInt_gen_plus (V := R_NormedModule) h e k l B D).
Qed.

Lemma over_space_sum d n (f : nat -> vec -> R) (l : nat -> R) : (0 < n)%nat -> (forall k, (k < n)%nat -> over_space d (f k) (l k)) ->
  over_space d (fun x => sumn n (fun k => f k x)) (sumn n l).
Proof.
  induction n; intros N H; [lia|]. destruct n as [|n].
  - simpl. apply over_space_ext with (f 0%nat); [intros; ring|]. replace (0 + l 0%nat) with (l 0%nat) by ring. apply H. lia.
  - apply (over_space_plus d (fun x => sumn (S n) (fun k => f k x)) (f (S n))); [apply IHn; [lia|auto with arith]|auto with arith].
Qed.

(* A product of functions of one coordinate each integrates factor by factor. *)
Lemma over_space_product d : forall (f : nat -> R -> R) (l : nat -> R), (forall i, (i < d)%nat -> over_the_line (f i) (l i)) ->
  over_space d (fun x => prodn d (fun i => f i (x i))) (prodn d l).
Proof.
  induction d; intros f l H; simpl; [easy|]. exists (fun y => prodn d l * f d y). split.
  - intros y. apply over_space_ext with (fun x => f d y * prodn d (fun i => f i (x i))).
    + intros x. rewrite upd_same, Rmult_comm. f_equal. apply prodn_ext. intros i Hi. now rewrite upd_other by lia.
    + rewrite Rmult_comm. apply over_space_factor, IHd. auto with arith.
  - apply over_the_line_factor. apply H. lia.
Qed.

(* N(x; m, diag(s^2)) has mass 1 over R^d. *)
Theorem normal_total_in_space d m s : (forall i, (i < d)%nat -> 0 < s i) -> over_space d (gauss_vec d m s) 1.
Proof.
  intros H. assert (E : prodn d (fun _ => 1) = 1) by (induction d; simpl; [easy|]; rewrite IHd by auto with arith; ring).
  rewrite <- E. apply (over_space_product d (fun i => gauss (m i) (s i))). intros i Hi. now apply gauss_total, H.
Qed.

(* ... and N(x; m, C) with any symmetric positive definite covariance. *)
Theorem full_normal_total d : forall m C, symmetric C -> positive d C -> over_space d (full_gauss d m C) 1.
Proof.
  induction d; intros m C S P; simpl.
  - intros x. unfold full_gauss, quadratic. simpl. replace (- 0 / 2 - 0 / 2) with 0 by field. rewrite exp_0. field.
  - assert (c0 := positive_pivot d C S P). exists (gauss (m d) (sqrt (C d d))). split.
    + intros y. rewrite <- (Rmult_1_r (gauss (m d) (sqrt (C d d)) y)).
      apply over_space_ext with (fun x => gauss (m d) (sqrt (C d d)) y
        * full_gauss d (fun i => m i + C i d / C d d * (y - m d)) (schur d C) x).
      * intros x. rewrite full_gauss_factors by easy. rewrite upd_same. f_equal. unfold full_gauss. do 5 f_equal.
        apply quadratic_ext. intros i Hi. now rewrite upd_other by lia.
      * apply over_space_factor, IHd; [now apply schur_symmetric|now apply schur_positive].
    + apply gauss_total. now apply sqrt_lt_R0.
Qed.

(* ---------- scaled and shifted coordinates ---------- *)
Lemma over_the_line_affine f s m l : s <> 0 -> over_the_line f l -> over_the_line (fun x => Rabs s * f (s * x + m)) l.
Proof.
  intros S0 H P HP. destruct (H P HP) as [Q W [M HM] [N HN] K].
  destruct (Rlt_or_le 0 s) as [S1|S1].
  - apply Filter_prod with (fun a => a < (M - m) / s) (fun b => (N - m) / s < b); [now exists ((M - m) / s)|now exists ((N - m) / s)|].
    intros a b Ha Hb. cbv beta in *.
    assert (A : s * a + m < M).
    { apply Rmult_lt_compat_l with (r := s) in Ha; [|easy]. replace (s * ((M - m) / s)) with (M - m) in Ha by (field; lra). lra. }
    assert (B : N < s * b + m).
    { apply Rmult_lt_compat_l with (r := s) in Hb; [|easy]. replace (s * ((N - m) / s)) with (N - m) in Hb by (field; lra). lra. }
    destruct (K (s * a + m) (s * b + m) (HM _ A) (HN _ B)) as (z & I & Z). exists z. split; [|exact Z]. simpl in *.
    assert (J := is_RInt_comp_lin (V := R_NormedModule) f s m a b z I). rewrite Rabs_right by lra. exact J.
  - apply Filter_prod with (fun a => a < (N - m) / s) (fun b => (M - m) / s < b); [now exists ((N - m) / s)|now exists ((M - m) / s)|].
    intros a b Ha Hb. cbv beta in *. assert (SN : s < 0) by lra.
    assert (A : N < s * a + m).
    { apply Rmult_lt_gt_compat_neg_l with (r := s) in Ha; [|easy]. replace (s * ((N - m) / s)) with (N - m) in Ha by (field; lra). lra. }
    assert (B : s * b + m < M).
    { apply Rmult_lt_gt_compat_neg_l with (r := s) in Hb; [|easy]. replace (s * ((M - m) / s)) with (M - m) in Hb by (field; lra). lra. }
    destruct (K (s * b + m) (s * a + m) (HM _ B) (HN _ A)) as (z & I & Z). exists z. split; [|exact Z]. simpl in *.
    assert (J := is_RInt_comp_lin (V := R_NormedModule) f s m b a z I). rewrite Rabs_left by lra.
    apply is_RInt_swap in J. apply is_RInt_opp in J. rewrite opp_opp in J.
    eapply is_RInt_ext; [|exact J]. intros x _. unfold opp, scal; simpl. unfold mult; simpl. ring.
Qed.

(* The change of variables for x |-> (s_i x_i + m_i): int f = int f(s x + m) |prod s_i| dx. *)
Theorem scaled_coordinates d s m : (forall i, (i < d)%nat -> s i <> 0) -> forall f l, over_space d f l ->
  over_space d (fun x => Rabs (prodn d s) * f (fun i => s i * x i + m i)) l.
Proof.
  induction d; intros S0 f l H; simpl in *.
  - intros x. rewrite Rabs_R1, H. ring.
  - destruct H as (g & A & B). exists (fun y => Rabs (s d) * g (s d * y + m d)). split.
    + intros y. assert (I := IHd ltac:(auto with arith) _ _ (A (s d * y + m d))).
      apply over_space_factor with (c := Rabs (s d)) in I. eapply over_space_ext; [|exact I]. intros x. cbv beta.
      rewrite Rabs_mult. replace (upd (fun i => s i * x i + m i) d (s d * y + m d)) with (fun i => s i * upd x d y i + m i); [ring|].
      apply functional_extensionality. intros i. unfold upd. now destruct (Nat.eqb_spec i d) as [->|].
    + apply over_the_line_affine; [apply S0; lia|exact B].
Qed.

(* The flow psi_t(x0) = std x0 + mean carries the measure N(0, I) to p_t: int f p_t = int f(psi_t(x0)) N(x0; 0, I) dx0 for every f
   that has the first integral. *)
Theorem conditional_flow_carries_the_measure d (mu sigma : nat -> R -> R) t (f : vec -> R) l : (forall i, sigma i t <> 0) ->
  over_space d (fun x => f x * gauss_vec d (fun i => mu i t) (fun i => Rabs (sigma i t)) x) l ->
  over_space d (fun x0 => f (conditional_flow mu sigma t x0) * gauss_vec d (fun _ => 0) (fun _ => 1) x0) l.
Proof.
  intros S0 H. apply (scaled_coordinates d (fun i => sigma i t) (fun i => mu i t)) in H; [|auto].
  eapply over_space_ext; [|exact H]. intros x. cbv beta. rewrite <- (flow_pushes_density d mu sigma t x S0).
  unfold conditional_flow. ring.
Qed.
